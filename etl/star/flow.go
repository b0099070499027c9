package star

// flowSteps follow goods from the order to the shelf: stages, batches, purchases, stock, catalogues.
func flowSteps() []step {
	return nil
}
