;;! id = "G33"
;;! what = "answers with a message of 60 MiB, most of what it may hold"
;;! expect = "output-too-large"
;;! dies-of = "copied-bytes"
(func $evaluate (param $request i32) (result i32)
  (drop (memory.grow (i32.const 1000)))
  (i64.store (i32.const 2060) (i64.const 0x03c00000_00010000))
  (call $answer-one))
