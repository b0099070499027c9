package forecast_test

import (
	"context"
	"fmt"

	"verso/models/forecast"
)

// Three years of monthly sales, the next half year, and what the model is.
func ExampleFit() {
	var sales []float64
	for month := range 36 {
		v := 100 + 2*float64(month)
		if month%12 == 11 {
			v *= 1.5 // December
		}
		sales = append(sales, v)
	}
	m, err := forecast.Fit(context.Background(), []forecast.Series{{Name: "novels", Values: sales, Period: 12, Start: 2023 * 12}}, forecast.Options{Horizon: 6})
	if err != nil {
		fmt.Println(err)
		return
	}
	f := m.Forecasts[0]
	fmt.Println(f.Method, f.Demand.Class, f.Start/12, f.Start%12+1)
	for _, v := range f.Mean {
		fmt.Printf("%.0f ", v)
	}
	// Output:
	// combination smooth 2026 1
	// 172 174 175 177 179 180
}
