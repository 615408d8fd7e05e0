;;! id = "G49"
;;! what = "runs into an instruction that stops it"
;;! expect = "trap"
;;! case = { "name": "unreachable", "text": "(unreachable)", "contains": "reached `unreachable`" }
;;! case = { "name": "divide-by-zero", "text": "(i32.div_u (i32.const 1) (i32.load (i32.const 128)))", "contains": "divided by zero" }
;;! case = { "name": "integer-overflow", "text": "(i32.div_s (i32.const 0x80000000) (i32.sub (i32.load (i32.const 128)) (i32.const 1)))", "contains": "overflowed an integer" }
;;! case = { "name": "not-an-integer", "text": "(i32.trunc_f32_s (f32.const nan))", "contains": "converted to an integer what is none" }
;;! case = { "name": "load-outside", "text": "(i32.load (i32.const 0x7ffffff0))", "contains": "outside its memory" }
;;! case = { "name": "fill-outside", "text": "(memory.fill (i32.const -16) (i32.const 0) (i32.const 32)) (unreachable)", "contains": "outside its memory" }
;;! case = { "name": "table-outside", "text": "(call_indirect $table (result i32) (i32.const 9))", "contains": "table entry that is not there" }
;;! case = { "name": "call-null", "text": "(call_indirect $table (result i32) (i32.const 1))", "contains": "called a null function" }
;;! case = { "name": "call-mismatch", "text": "(call_indirect $table (result i32) (i32.const 0))", "contains": "another signature" }
(table $table 2 funcref)
(elem (table $table) (i32.const 0) func $answer)
(func $evaluate (param $request i32) (result i32) {case})
