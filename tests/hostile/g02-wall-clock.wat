;;! id = "G02"
;;! what = "loops for ever, with more fuel than its time lasts"
;;! expect = "deadline"
;;! contains = "was not done after 250 ms"
;;! limits = { "fuel": 20000000000, "deadline-ms": 250 }
;;! dies-of = "deadline"
(func $evaluate (param $request i32) (result i32)
  (loop $again (br $again))
  (unreachable))
