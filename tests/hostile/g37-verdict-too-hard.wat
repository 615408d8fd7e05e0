;;! id = "G37"
;;! what = "blocks by a rule whose manifest says that it only warns"
;;! expect = "bad-output"
;;! contains = "rule-soft"
(func $evaluate (param $request i32) (result i32)
  (i32.store8 (i32.const 2056) (i32.const 1))
  (call $answer-one))
