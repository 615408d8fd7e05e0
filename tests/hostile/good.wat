;;! id = "good"
;;! what = "a sound policy: one warning at the stages, with the change's own id as evidence"
;;! expect = "warn"
(data (i32.const 4096) "/rollout/stages")
(data (i32.const 4160) "all stages start at once")
(data (i32.const 4224) "change-id")
;; one location in the change document; one evidence, whose value `$evaluate` fills in
(data (i32.const 4288) (i32 0 0 0  4096 15))
(data (i32.const 4352) (i32 4224 9  0 0))
(data (i32.const 4416) (i32 1280 9  0  4160 24) (i32 0 0 0) (i32 4288 1  4352 1))
(func $evaluate (param $request i32) (result i32)
  ;; the change comes first in the request, and its id first in the change
  (i64.store (i32.const 4360) (i64.load (local.get $request)))
  (call $answer (i32.const 4416) (i32.const 1)))
