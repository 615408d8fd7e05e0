;;! id = "G29"
;;! what = "answers with a tag that names no case of its type"
;;! expect = "bad-output"
;;! case = { "name": "result", "text": "64" }
;;! case = { "name": "verdict", "text": "2056" }
;;! case = { "name": "remedy", "text": "2068" }
(func $evaluate (param $request i32) (result i32)
  (drop (call $answer-one))
  (i32.store8 (i32.const {case}) (i32.const 255))
  (i32.const 64))
