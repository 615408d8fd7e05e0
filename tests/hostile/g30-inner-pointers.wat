;;! id = "G30"
;;! what = "answers with a list or text that lies outside its memory, or where none can be"
;;! expect = "bad-output"
;;! case = { "name": "list-outside", "text": "(i32.const 68) (i64.const 0x00000001_7ffffff0)" }
;;! case = { "name": "list-misaligned", "text": "(i32.const 68) (i64.const 0x00000001_00000802)" }
;;! case = { "name": "list-of-2e31", "text": "(i32.const 68) (i64.const 0x7fffffff_00000800)" }
;;! case = { "name": "list-wraps", "text": "(i32.const 68) (i64.const 0x05555556_00000800)" }
;;! case = { "name": "text-outside", "text": "(i32.const 2060) (i64.const 0x00000010_7ffffff0)" }
;;! case = { "name": "text-of-2e31", "text": "(i32.const 2060) (i64.const 0x7fffffff_00000600)" }
;;! case = { "name": "text-wraps", "text": "(i32.const 2060) (i64.const 0x00000002_ffffffff)" }
(func $evaluate (param $request i32) (result i32)
  (drop (call $answer-one))
  ;; address in the low half, length in the high half
  (i64.store {case})
  (i32.const 64))
