// Package churn says which customers are about to leave.
package churn

import "time"

// Options choose the event.
type Options struct {
	Horizon int         // days without an order that count as churn; 0: by customer type from the gaps between orders
	Silence int         // days of silence after which a customer is lost and no longer at risk; 0: 365
	Step    int         // days between origins; 0: 30
	Origins []time.Time // of the backtest; nil: the last ones whose outcome is known
}
