;;! id = "G32"
;;! what = "answers with 2^28 empty findings, which no memory it may hold has room for"
;;! expect = "bad-output"
(func $evaluate (param $request i32) (result i32)
  (drop (memory.grow (i32.const 1000)))
  (call $answer (i32.const 65536) (i32.const 0x10000000)))
