;;! id = "G32"
;;! what = "says that it needs eight million files, each of them named by an empty text"
;;! expect = "load/describe:output-too-large"
;;! own = ["describe"]
(func (export "interlock:policy/policy@0.2.0#describe") (result i32)
  (drop (memory.grow (i32.const 1000)))
  ;; needs.paths: the grown pages are zero, and so is each text in them
  (i64.store (i32.const 296) (i64.const 0x007a1200_00010000))
  (i32.const 256))
(func $evaluate (param $request i32) (result i32) (call $answer-nothing))
