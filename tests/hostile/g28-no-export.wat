;;! id = "G28"
;;! what = "a component that exports nothing"
;;! expect = "load/missing-export"
;;! form = "component"
(component)
