;;! id = "G31"
;;! what = "answers with a text that is not UTF-8"
;;! expect = "bad-output"
;;! case = { "name": "lone-byte", "text": "\\ff" }
;;! case = { "name": "cut", "text": "\\e2\\82" }
;;! case = { "name": "overlong", "text": "\\c0\\af" }
;;! case = { "name": "surrogate", "text": "\\ed\\a0\\80" }
;;! case = { "name": "beyond-unicode", "text": "\\f4\\90\\80\\80" }
(data (i32.const 1552) "{case}")
(func $evaluate (param $request i32) (result i32)
  ;; sixteen sound bytes and then the bad ones; the length must not cut them
  (i32.store (i32.const 2064) (i32.const 20))
  (call $answer-one))
