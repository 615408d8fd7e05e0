;;! id = "G03"
;;! what = "loops for ever in its start function, before anything is asked of it"
;;! expect = "load/describe:fuel"
;;! contains = "while it was started"
(func $spin (loop $again (br $again)))
(start $spin)
(func $evaluate (param $request i32) (result i32) (call $answer-nothing))
