package star

// moneySteps are what was billed, owed, paid, planned and spent.
func moneySteps() []step {
	return nil
}
