;;! id = "G49"
;;! what = "uses an atomic instruction at a misaligned address: threads are off, so it does not get that far"
;;! expect = "load/invalid"
;;! contains = "threads support is not enabled"
(func $evaluate (param $request i32) (result i32) (i32.atomic.load (i32.const 65)))
