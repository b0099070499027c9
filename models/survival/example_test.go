package survival_test

import (
	"fmt"

	"verso/models/survival"
)

// Months until a customer ended the contract; false means not yet.
func ExampleKaplanMeier() {
	curve, err := survival.KaplanMeier(survival.Sample{
		Time:  []float64{3, 5, 5, 8, 10, 12, 12, 15},
		Event: []bool{true, true, false, true, false, true, true, false},
	}, survival.CurveOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	year, _ := curve.At(12)
	fmt.Printf("after a year %.2f (%.2f to %.2f)\n", year.Survival, year.Lower, year.Upper)
	fmt.Printf("median %v months\n", curve.Median().Time)
	// Output:
	// after a year 0.20 (0.01 to 0.57)
	// median 12 months
}

func ExampleFitCox() {
	model, err := survival.FitCox(survival.Sample{
		Time:  []float64{3, 5, 6, 8, 10, 12, 13, 15},
		Event: []bool{true, true, true, true, false, true, true, false},
	}, survival.Covariates{
		Names:   []string{"complaints"},
		Columns: [][]float64{{2, 0, 3, 1, 0, 1, 0, 0}},
	}, survival.CoxOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	c := model.Coefficients[0]
	fmt.Printf("%s: hazard × %.2f (%.2f to %.2f), p %.3f\n", c.Name, c.HR, c.Lower, c.Upper, c.P)
	// Output:
	// complaints: hazard × 2.21 (0.91 to 5.38), p 0.079
}
