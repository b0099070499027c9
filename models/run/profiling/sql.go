package profiling

import _ "embed"

// The statements that join fitted results to their features as score tables.
var (
	//go:embed sql/rfm.sql
	rfmSQL string
	//go:embed sql/pyramid.sql
	pyramidSQL string
	//go:embed sql/concentration.sql
	concentrationSQL string
	//go:embed sql/tier_move.sql
	tierMoveSQL string
	//go:embed sql/tier_migration.sql
	tierMigrationSQL string
	//go:embed sql/completeness.sql
	completenessSQL string
	//go:embed sql/customer_completeness.sql
	customerCompletenessSQL string
	//go:embed sql/customer_place.sql
	customerPlaceSQL string
	//go:embed sql/customer_segment.sql
	customerSegmentSQL string
	//go:embed sql/segment.sql
	segmentSQL string
	//go:embed sql/segment_profile.sql
	segmentProfileSQL string
	//go:embed sql/segment_choice.sql
	segmentChoiceSQL string
)
