# Where the sessions of version 1.41 lie.
resource "aws_db_instance" "sessions" {
  identifier          = "sessions"
  allocated_storage   = 200
  deletion_protection = true
}
