;;! id = "G01"
;;! what = "loops for ever"
;;! expect = "fuel"
;;! dies-of = "fuel"
;;! contains = "while it judged"
(func $evaluate (param $request i32) (result i32)
  (loop $again (br $again))
  (unreachable))
