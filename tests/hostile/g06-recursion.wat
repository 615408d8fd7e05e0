;;! id = "G06"
;;! what = "calls itself for ever"
;;! expect = "stack"
(func $evaluate (param $request i32) (result i32)
  ;; work after the call, so that no compiler can make a loop of it
  (i32.add (call $evaluate (i32.add (local.get $request) (i32.const 1))) (local.get $request)))
