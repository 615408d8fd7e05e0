;;! id = "G37"
;;! what = "reports a rule that its manifest does not have"
;;! expect = "bad-output"
;;! contains = "rule-three"
(data (i32.const 4096) "rule-three")
(func $evaluate (param $request i32) (result i32)
  (i64.store (i32.const 2048) (i64.const 0x0000000a_00001000))
  (call $answer-one))
