package etl

import (
	"context"
	"fmt"
	"time"

	"verso/olap/engine"
)

// findAsOf takes the as-of date from the configuration, or for "latest" the
// last order date found.
func (s *State) findAsOf(ctx context.Context) error {
	if date, ok := s.Config.AsOfDate(); ok {
		s.AsOf = date
		return nil
	}
	row, err := engine.One(ctx, s.Conn, engine.SQL(`SELECT CAST(max("order_date") AS DATE) AS "last" FROM stage."order_header"`))
	if err != nil {
		return err
	}
	last, ok := row[0].(time.Time)
	if !ok {
		return &RefusedError{Table: "order_header", What: "no order was loaded, so as_of: latest has no date",
			Hint: fmt.Sprintf("look at what order_header reads, or set as_of: YYYY-MM-DD in %s", s.Config.File)}
	}
	s.AsOf = last
	return nil
}
