package star

// relationSteps are the dealings with customers: campaigns, visits, leads, tickets, and each customer month by month.
func relationSteps() []step {
	return nil
}
