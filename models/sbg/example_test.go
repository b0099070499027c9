package sbg_test

import (
	"fmt"

	"verso/models/sbg"
)

// Subscribers of two years, counted at each renewal.
func ExampleFit() {
	model, err := sbg.Fit([]sbg.Cohort{
		{Name: "2021", Survivors: []float64{1000, 631, 468, 382, 326}},
		{Name: "2022", Survivors: []float64{800, 510, 380}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("retention %.2f, then %.2f, then %.2f\n", model.Retention(1), model.Retention(2), model.Retention(3))
	rest, err := model.Residual(1, 0.1, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("a customer renewed once: %.1f renewals within five years\n", rest.Within)
	// Output:
	// retention 0.63, then 0.75, then 0.81
	// a customer renewed once: 2.7 renewals within five years
}
