"""States when the flows run and where Prefect's server listens, unless somebody says otherwise."""

#: The hour of the daily run and of the weekly look over everything, as cron writes them.
EVERY_DAY, EVERY_WEEK = "0 6 * * *", "0 12 * * 0"
#: Where Prefect's users look for its pages.
PORT = 4200
