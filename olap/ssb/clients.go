package ssb

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Load is what many clients at once were served.
type Load struct {
	Way       string  `json:"way"` // "hand" for the SQL written by hand
	Clients   int     `json:"clients"`
	Questions int     `json:"questions"`
	PerSecond float64 `json:"per_second"`
	Times
}

// Clients lets clients ask at once: each asks all cases rounds times, one after
// the other, beginning with another one. way is an index into Ways, or -1 for
// the SQL written by hand.
func (b *Bench) Clients(ctx context.Context, cases []Case, way, clients, rounds int) (Load, error) {
	name, ask := "hand", func(c Case) error { _, err := Hand(ctx, b.DB, c); return err }
	if way >= 0 {
		w := b.Ways[way]
		name, ask = w.Name, func(c Case) error { _, err := w.Olap.Ask(ctx, *c.Query); return err }
	}
	took := make([][]float64, clients)
	errs := make([]error, clients)
	var all sync.WaitGroup
	start := b.Now()
	for client := range clients {
		all.Go(func() {
			took[client], errs[client] = b.client(cases, ask, client, rounds)
		})
	}
	all.Wait()
	seconds := b.Now().Sub(start).Seconds()
	var ms []float64
	for i := range clients {
		if errs[i] != nil {
			return Load{}, errs[i]
		}
		ms = append(ms, took[i]...)
	}
	return Load{Way: name, Clients: clients, Questions: len(ms), PerSecond: float64(len(ms)) / seconds, Times: times(ms)}, nil
}

func (b *Bench) client(cases []Case, ask func(Case) error, first, rounds int) ([]float64, error) {
	var took []float64
	for i := range rounds * len(cases) {
		c := cases[(first+i)%len(cases)]
		start := b.Now()
		if err := ask(c); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		took = append(took, float64(b.Now().Sub(start))/float64(time.Millisecond))
	}
	return took, nil
}
