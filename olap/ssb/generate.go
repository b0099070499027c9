package ssb

import (
	"context"
	_ "embed"
	"fmt"
	"math"

	"verso/olap/engine"
)

//go:embed generate.sql
var generateSQL string

// Scale is how much to generate. The same scale and seed give the same rows.
type Scale struct {
	Factor float64 // 1: 6 million order lines
	Seed   int64   // from 0
}

// Sizes of a scale factor: of the tables, and of the orders that have one to
// seven lines each, four on average.
func (s Scale) sizes() (orders, customers, suppliers, parts int64) {
	of := func(n float64) int64 { return max(int64(math.Round(n*s.Factor)), 1) }
	// Below a factor of one the parts shrink with it; from one on they grow by
	// 200,000 with every doubling.
	parts = of(200_000)
	if s.Factor >= 1 {
		parts = 200_000 * int64(1+math.Floor(math.Log2(s.Factor)))
	}
	return of(1_500_000), of(30_000), of(2_000), parts
}

// MaxFactor keeps the numbers of lines within the generator's period.
const MaxFactor = 150

// Generate creates the schemas ssb and meta and fills them. It needs one
// connection to an empty database, whose variables and temporary tables it uses.
func Generate(ctx context.Context, conn engine.Conn, s Scale) error {
	switch {
	case !(s.Factor >= 0.001 && s.Factor <= MaxFactor):
		return fmt.Errorf("ssb: scale factor %v; want 0.001 to %d", s.Factor, MaxFactor)
	case s.Seed < 0 || s.Seed > math.MaxInt32:
		return fmt.Errorf("ssb: seed %d; want 0 to %d", s.Seed, math.MaxInt32)
	}
	orders, customers, suppliers, parts := s.sizes()
	for _, v := range []struct {
		name  string
		value int64
	}{{"seed", s.Seed}, {"orders", orders}, {"customers", customers}, {"suppliers", suppliers}, {"parts", parts}} {
		if _, err := conn.Exec(ctx, engine.SQL(fmt.Sprintf("SET VARIABLE %s = %d", v.name, v.value))); err != nil {
			return fmt.Errorf("ssb: %w", err)
		}
	}
	if _, err := conn.Exec(ctx, engine.SQL(generateSQL)); err != nil {
		return fmt.Errorf("ssb: generate: %w", err)
	}
	return nil
}
