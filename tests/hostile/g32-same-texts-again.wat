;;! id = "G32"
;;! what = "answers with findings that share their texts: 30 KiB of its memory are 20 MiB for a host that copies"
;;! expect = "output-too-large"
;; each evidence item is the same 2,000 bytes twice
(data (i32.const 4096) (i32 8192 2000 8192 2000  8192 2000 8192 2000  8192 2000 8192 2000  8192 2000 8192 2000))
(data (i32.const 4160) (i32 8192 2000 8192 2000  8192 2000 8192 2000  8192 2000 8192 2000  8192 2000 8192 2000))
(data (i32.const 4224) (i32 1280 9  0  8192 2000) (i32 1 8192 2000) (i32 0 0  4096 8))
(func $evaluate (param $request i32) (result i32)
  (local $at i32)
  (memory.fill (i32.const 8192) (i32.const 46) (i32.const 2000))
  ;; 600 findings of 48 bytes
  (local.set $at (i32.const 12288))
  (loop $more
    (memory.copy (local.get $at) (i32.const 4224) (i32.const 48))
    (local.set $at (i32.add (local.get $at) (i32.const 48)))
    (br_if $more (i32.lt_u (local.get $at) (i32.const 41088))))
  (call $answer (i32.const 12288) (i32.const 600)))
