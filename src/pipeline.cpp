// The spine comes here.
