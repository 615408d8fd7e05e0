;;! id = "G33"
;;! what = "answers with a hundred thousand evidence labels"
;;! expect = "output-too-large"
(func $evaluate (param $request i32) (result i32)
  (drop (memory.grow (i32.const 32)))
  (i64.store (i32.const 2088) (i64.const 0x000186a0_00010000))
  (call $answer-one))
