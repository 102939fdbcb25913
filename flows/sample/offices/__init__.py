"""What each kind of unit of the sample reports."""
