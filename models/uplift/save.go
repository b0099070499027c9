package uplift

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"verso/models/propensity"
)

// Save writes the model as JSON. A model read by Load saves to the same bytes.
func (m *Model) Save(w io.Writer) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("uplift: writing the model: %w", err)
	}
	_, err = w.Write(append(raw, '\n'))
	return err
}

// Load reads a model written by Save. What could not have been written by it is
// refused.
func Load(r io.Reader) (*Model, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("uplift: reading the model: %w", err)
	}
	m := &Model{}
	if err := json.Unmarshal(raw, m); err != nil {
		return nil, fmt.Errorf("uplift: reading the model: %w", err)
	}
	if n := learners(m.Method); n == 0 || len(m.Learners) != n {
		return nil, fmt.Errorf("%w: method %q with %d learners", ErrShape, m.Method, len(m.Learners))
	}
	for k, l := range m.Learners {
		if l == nil {
			return nil, fmt.Errorf("%w: learner %d is not there", ErrShape, k)
		}
		var kept bytes.Buffer // written and read again, it is checked
		if err := l.Save(&kept); err != nil {
			return nil, fmt.Errorf("learner %d: %w", k, err)
		}
		if m.Learners[k], err = propensity.Load(&kept); err != nil {
			return nil, fmt.Errorf("learner %d: %w", k, err)
		}
	}
	return m, nil
}
