;; The well-behaved half of every core guest. `tests/suite/guests.rs` puts the parts below behind the fields of a guest
;; file, in one module, and makes a component of it. A guest defines `$evaluate`, and names in `own` the parts it brings
;; itself because they are where it misbehaves.
;;
;; What lies where:
;;     64  the answer: a result of findings. Zero is ok with no finding; `$answer` writes another one.
;;    128  the answer of check-settings: an empty list.
;;    256  the manifest, and at 512 its two rules. Their texts start at 1024, 64 bytes apart.
;;   2048  one sound finding (48 bytes), for guests to spoil:
;;         +0 rule  +8 verdict (0 warn, 1 block)  +12 message  +20 remedy  +32 locations  +40 evidence
;;   4096  free for the guest, up to the heap at 65536.
;; Texts and lists are an address and a length. Enums and the tags of options are one byte.

;;! part = "memory"
(memory $memory (export "memory") 1)

;;! part = "realloc"
(global $heap (mut i32) (i32.const 65536))
(func $realloc (export "cabi_realloc")
  (param $old i32) (param $old-length i32) (param $align i32) (param $length i32) (result i32)
  (local $at i32)
  (local.set $at
    (i32.and
      (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
  (global.set $heap (i32.add (local.get $at) (local.get $length)))
  (block $fits
    (loop $more
      (br_if $fits (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
      (unreachable)))
  (local.get $at))

;;! part = "manifest"
;; id, version, title; rules, settings, needs.paths; needs.edits and needs.text
(data (i32.const 256) (i32 1024 7  1088 5  1152 12) (i32 512 2  0 0  0 0) (i32 0))
;; id, title, help, remedy; origin: none; strictest
(data (i32.const 512) (i32 1216 8  1344 14  1408 21  1472 13) (i32 0 0 0) (i32 1))
(data (i32.const 560) (i32 1280 9  1344 14  1408 21  1472 13) (i32 0 0 0) (i32 0))
(data (i32.const 1024) "hostile")
(data (i32.const 1088) "0.1.0")
(data (i32.const 1152) "a test guest")
(data (i32.const 1216) "rule-one")
(data (i32.const 1280) "rule-soft")
(data (i32.const 1344) "the test holds")
(data (i32.const 1408) "the suite asks for it")
(data (i32.const 1472) "mend the test")

;;! part = "describe"
(func (export "interlock:policy/policy@0.2.0#describe") (result i32) (i32.const 256))

;;! part = "check-settings"
(func (export "interlock:policy/policy@0.2.0#check-settings") (param i32 i32) (result i32) (i32.const 128))

;;! part = "evaluate"
(export "interlock:policy/policy@0.2.0#evaluate" (func $evaluate))

;;! part = "answers"
;; rule, verdict, message; remedy: none; locations, evidence
(data (i32.const 2048) (i32 1280 9  0  1536 16) (i32 0 0 0) (i32 0 0  0 0))
(data (i32.const 1536) "only a test runs")
(func $answer (param $findings i32) (param $count i32) (result i32)
  (i32.store (i32.const 64) (i32.const 0))
  (i32.store (i32.const 68) (local.get $findings))
  (i32.store (i32.const 72) (local.get $count))
  (i32.const 64))
(func $answer-nothing (result i32) (call $answer (i32.const 0) (i32.const 0)))
(func $answer-one (result i32) (call $answer (i32.const 2048) (i32.const 1)))
