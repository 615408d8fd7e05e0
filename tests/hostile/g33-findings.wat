;;! id = "G33"
;;! what = "answers with a million findings"
;;! expect = "output-too-large"
(func $evaluate (param $request i32) (result i32)
  (drop (memory.grow (i32.const 960)))
  (call $answer (i32.const 65536) (i32.const 1000000)))
