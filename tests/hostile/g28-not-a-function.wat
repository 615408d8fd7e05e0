;;! id = "G28"
;;! what = "exports the interface, with instances where the functions should be"
;;! expect = "load/missing-export"
;;! form = "component"
(component
  (instance $empty)
  (instance $policy
    (export "describe" (instance $empty))
    (export "check-settings" (instance $empty))
    (export "evaluate" (instance $empty)))
  (export "interlock:policy/policy@0.2.0" (instance $policy)))
