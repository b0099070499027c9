package access

// RoleError is a person whose roles show nothing: the users file gives them none,
// or one that the policy does not have.
type RoleError struct{ Message string }

// Error says which, for whoever keeps the policy.
func (e *RoleError) Error() string { return e.Message }
