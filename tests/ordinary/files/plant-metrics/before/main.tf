variable "retention_days" {
  type    = number
  default = 14
}

resource "metrics_store" "plants" {
  name           = "plants"
  retention_days = var.retention_days
  nodes          = 3
  labels         = { owner = "water" }

  rule {
    match  = "pump_*"
    action = "keep"
  }
}
