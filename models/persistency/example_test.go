package persistency_test

import (
	"fmt"

	"verso/models/persistency"
)

func ExampleClassify() {
	history, err := persistency.NewHistory(persistency.Purchases{
		Customer: []int{0, 0, 0, 1, 1, 1},
		Day:      []int{19000, 19030, 19060, 18000, 18400, 18790},
		Amount:   []float64{120, 80, 95, 500, 450, 700},
	}, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	states, err := persistency.Classify(history, nil, 19300, persistency.StatusOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for c, s := range states {
		fmt.Printf("customer %d: %s, silent for %v days, limit %v\n", c, s.Status, s.Silence, s.Limit)
	}
	// Output:
	// customer 0: lost, silent for 240 days, limit 180
	// customer 1: active, silent for 510 days, limit 1185
}
