;;! id = "G31"
;;! what = "passes its texts as Latin-1 or UTF-16, as each text's length says"
;;! expect = "load/other-encoding"
;;! encoding = "compact-utf16"
;;! case = { "name": "latin1", "text": "16" }
;;! case = { "name": "utf16", "text": "0x80000008" }
(func $evaluate (param $request i32) (result i32)
  (i32.store (i32.const 2064) (i32.const {case}))
  (call $answer-one))
