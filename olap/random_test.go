package olap_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"verso/olap"
	"verso/olap/catalog"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/olap/oracle"
	"verso/olap/oracle/oracletest"
)

func modelOf(t testing.TB) *cube.Model {
	t.Helper()
	m, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// untidy is the rows of a random warehouse whose facts have tidy days.
func untidy(seed uint64) *olaptest.Data { return oracletest.Rows(seed, oracletest.Features{}) }

// shipped is a random warehouse with plain random questions to the shipped
// cubes.
func shipped(t testing.TB, star, stream uint64) (*olap.Olap, *oracle.Oracle, *olaptest.Data, *oracletest.Questions) {
	t.Helper()
	data := untidy(star)
	truth := oracle.New(modelOf(t), data)
	g := &oracletest.Questions{Rand: rand.New(rand.NewPCG(star, stream)), Model: modelOf(t), Oracle: truth}
	return open(t, olaptest.Open(t, data)), truth, data, g
}

func number(v any) *float64 {
	f, ok := engine.Float(v)
	if !ok {
		return nil
	}
	return &f
}

// exactly is a number as it is, doubles included; nil if it is none.
func exactly(v any) *big.Rat {
	switch v := v.(type) {
	case int64:
		return big.NewRat(v, 1)
	case engine.Decimal:
		return new(big.Rat).Quo(new(big.Rat).SetInt(v.Num.BigInt()), big.NewRat(10000, 1))
	case float64:
		return new(big.Rat).SetFloat64(v)
	}
	return nil
}

// compareNumbers orders two values, nothing last in either direction.
func compareNumbers(a, b any, desc bool) int {
	x, y := exactly(a), exactly(b)
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return 1
	case y == nil:
		return -1
	case desc:
		return y.Cmp(x)
	}
	return x.Cmp(y)
}
