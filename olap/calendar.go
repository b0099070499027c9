package olap

import (
	"context"
	"fmt"
	"time"

	"verso/olap/engine"
)

// Day is a day of the calendar (core.dim_date).
type Day struct {
	Date    time.Time
	Workday bool
	Holiday string // "" for none
	Fair    string // "" for none
}

// Calendar lists the days of the generation's calendar in order.
func (o *Olap) Calendar(ctx context.Context) ([]Day, error) {
	if !o.tables["core.dim_date"] {
		return nil, &MissingTableError{Table: "core.dim_date"}
	}
	var days []Day
	err := engine.Rows(ctx, o.db, engine.SQL(`SELECT "date", is_workday, holiday_name, fair_name FROM core.dim_date WHERE "date" IS NOT NULL ORDER BY "date"`),
		func(row []any) error {
			d, ok := row[0].(time.Time)
			if !ok {
				return fmt.Errorf("olap: core.dim_date holds %v for a date", row[0])
			}
			days = append(days, Day{Date: d, Workday: row[1] == true, Holiday: engine.Text(row[2]), Fair: engine.Text(row[3])})
			return nil
		})
	return days, err
}
