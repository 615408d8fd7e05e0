;;! id = "G05"
;;! what = "answers without a finding, then loops for ever in post-return"
;;! expect = "fuel"
(func $evaluate (param $request i32) (result i32) (call $answer-nothing))
(func (export "cabi_post_interlock:policy/policy@0.2.0#evaluate") (param $answer i32)
  (loop $again (br $again)))
