;;! id = "G31"
;;! what = "passes its texts as UTF-16: sound ones, a lone surrogate, and at an odd address"
;;! expect = "load/other-encoding"
;;! encoding = "utf16"
;;! own = ["manifest"]
;;! case = { "name": "sound", "text": "(i32.const 4096)" }
;;! case = { "name": "lone-surrogate", "text": "(i32.const 4160)" }
;;! case = { "name": "misaligned", "text": "(i32.const 4097)" }
(data (i32.const 256) (i32 1024 7  1088 5  1152 5) (i32 512 1  0 0  0 0) (i32 0))
(data (i32.const 512) (i32 1280 9  1344 5  1408 4  1472 4) (i32 0 0 0) (i32 0))
(data (i32.const 1024) "h\00o\00s\00t\00i\00l\00e\00")
(data (i32.const 1088) "0\00.\001\00.\000\00")
(data (i32.const 1152) "u\00t\00f\001\006\00")
(data (i32.const 1280) "r\00u\00l\00e\00-\00s\00o\00f\00t\00")
(data (i32.const 1344) "t\00i\00t\00l\00e\00")
(data (i32.const 1408) "h\00e\00l\00p\00")
(data (i32.const 1472) "m\00e\00n\00d\00")
(data (i32.const 4096) "o\00n\00l\00y\00 \00a\00 \00t\00e\00s\00t\00 \00r\00u\00n\00s\00")
(data (i32.const 4160) "\00\d8\41\00")
(func $evaluate (param $request i32) (result i32)
  (i32.store (i32.const 2060) {case})
  (call $answer-one))
