;;! id = "G38"
;;! what = "counts its calls and blocks every second one"
;;! expect = "allow"
;;! repeat = 1000
(global $calls (mut i32) (i32.const 0))
(func $evaluate (param $request i32) (result i32)
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (if (i32.and (global.get $calls) (i32.const 1)) (then (return (call $answer-nothing))))
  ;; rule-one, block
  (i64.store (i32.const 2048) (i64.const 0x00000008_000004c0))
  (i32.store8 (i32.const 2056) (i32.const 1))
  (call $answer-one))
