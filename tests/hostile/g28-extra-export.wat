;;! id = "G28"
;;! what = "exports one function more than the contract names"
;;! expect = "allow"
;;! export = "more"
(func (export "more"))
(func $evaluate (param $request i32) (result i32) (call $answer-nothing))
