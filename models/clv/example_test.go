package clv_test

import (
	"fmt"

	"verso/models/clv"
)

// Sales become customers, customers a model, the model a forecast for each.
func Example() {
	tx := clv.Transactions{
		Customer: []int64{1, 1, 1, 2, 3, 3, 4, 5, 5, 5},
		Day:      []int{0, 20, 60, 3, 10, 80, 40, 5, 12, 30},
		Amount:   []float64{20, 30, 25, 10, 40, 35, 15, 8, 12, 9},
	}
	rows, err := clv.FromTransactions(tx, clv.RowOptions{AsOf: 90})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("repeat purchases:", rows.X)

	// Real data are fitted: clv.Fit(rows.Customers, clv.Options{}). These are the
	// published parameters of CDNOW (Batislam, Denizel & Filiztekin's model).
	m, err := clv.Given(clv.Options{Kind: clv.MBGNBD}, 0.525, 6.183, 0.891, 1.614)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := m.Score(rows.Customers, clv.ScoreOptions{Horizon: 26, Annual: 0.1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, key := range rows.Key {
		fmt.Printf("customer %d: alive %.2f, %.2f purchases in 26 weeks, none with probability %.2f\n", key, s.Alive[i], s.Expected[i], s.None[i])
	}
	// Output:
	// repeat purchases: [2 0 1 0 2]
	// customer 1: alive 0.68, 1.76 purchases in 26 weeks, none with probability 0.40
	// customer 2: alive 0.50, 0.30 purchases in 26 weeks, none with probability 0.81
	// customer 3: alive 0.72, 1.23 purchases in 26 weeks, none with probability 0.46
	// customer 4: alive 0.55, 0.43 purchases in 26 weeks, none with probability 0.76
	// customer 5: alive 0.45, 1.20 purchases in 26 weeks, none with probability 0.60
}
