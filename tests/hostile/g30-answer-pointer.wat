;;! id = "G30"
;;! what = "answers with an address where no answer can be"
;;! expect = "bad-output"
;;! case = { "name": "outside", "text": "0x7ffffff0" }
;;! case = { "name": "last", "text": "0xfffffffc" }
;;! case = { "name": "misaligned", "text": "0x1001" }
(func $evaluate (param $request i32) (result i32) (i32.const {case}))
