;;! id = "G11"
;;! what = "declares 4 GiB of initial memory"
;;! expect = "load/describe:memory"
;;! own = ["memory"]
(memory $memory (export "memory") 65536)
(func $evaluate (param $request i32) (result i32) (call $answer-nothing))
