;;! id = "G33"
;;! what = "answers with a message of 100 MiB, more than it may hold"
;;! expect = "bad-output"
(func $evaluate (param $request i32) (result i32)
  (drop (memory.grow (i32.const 1000)))
  (i64.store (i32.const 2060) (i64.const 0x06400000_00010000))
  (call $answer-one))
