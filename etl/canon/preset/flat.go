package preset

func flatOrders(in Inputs) ([]byte, Report, error) { return nil, Report{}, nil }
func canonical(in Inputs) ([]byte, Report, error) { return nil, Report{}, nil }
// Guess is.
type Guess struct{}
var _ = literal
