package api

import "sync"

// Memo remembers what was read of what a lease holds, until the store lets go of
// it: with the last request of a generation that was replaced. The zero value is
// ready. What it holds is bounded by what it is asked for: the schema and the
// lineage, each once.
type Memo struct {
	mu    sync.Mutex
	known map[memoKey]any
}

// memoKey says what is known, and with which edition of program and catalog.
type memoKey struct{ what, edition string }

// recall gives what is known, reading it where nothing is, also without a memo.
// Two who ask at once may both read. What is known with another edition is let go.
func recall[T any](m *Memo, what, edition string, read func() (T, error)) (T, error) {
	if m == nil {
		return read()
	}
	key := memoKey{what, edition}
	m.mu.Lock()
	v, ok := m.known[key].(T)
	m.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := read()
	if err != nil {
		return v, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for other := range m.known {
		if other.edition != edition {
			delete(m.known, other)
		}
	}
	if m.known == nil {
		m.known = map[memoKey]any{}
	}
	m.known[key] = v
	return v, nil
}
