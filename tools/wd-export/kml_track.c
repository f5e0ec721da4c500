#include "tools/wd-export/kml.h"

#include <math.h>

/* How an altitude is to be drawn (KML 2.3, altitudeMode). */
enum altitude_mode {
	ALTITUDE_ABSOLUTE, /* alt_m */
	ALTITUDE_RELATIVE, /* height_m, above the ground */
	ALTITUDE_CLAMPED,  /* unknown */
};

static enum altitude_mode mode_of(const struct point *point)
{
	if (!isnan(point->alt_m))
		return ALTITUDE_ABSOLUTE;
	return isnan(point->height_m) ? ALTITUDE_CLAMPED : ALTITUDE_RELATIVE;
}

/* A line between points of different modes has no altitude that both know. */
static enum altitude_mode mode_between(const struct point *a, const struct point *b)
{
	return mode_of(a) == mode_of(b) ? mode_of(a) : ALTITUDE_CLAMPED;
}

static void put_mode(struct buffer *out, enum altitude_mode mode)
{
	static const char *const names[] = {
		[ALTITUDE_ABSOLUTE] = "absolute",
		[ALTITUDE_RELATIVE] = "relativeToGround",
		[ALTITUDE_CLAMPED] = "clampToGround",
	};

	buffer_printf(out, "<altitudeMode>%s</altitudeMode>", names[mode]);
}

static void put_position(
	struct buffer *out, const struct point *point, enum altitude_mode mode, char separator)
{
	double altitude_m = mode == ALTITUDE_ABSOLUTE   ? (double)point->alt_m
			    : mode == ALTITUDE_RELATIVE ? (double)point->height_m
							: 0;

	kml_put_coordinates(out, point_place(point), separator);
	buffer_printf(out, "%c%.7g", separator, altitude_m);
}

/* Return the end of the points from `from` with one mode. */
static size_t same_mode_end(const struct point *points, size_t from, size_t end)
{
	size_t at = from + 1;

	while (at < end && mode_of(&points[at]) == mode_of(&points[from]))
		at++;
	return at;
}

static void put_timed_points(struct buffer *out, const struct point *points, size_t count)
{
	enum altitude_mode mode = mode_of(points);

	buffer_add_text(out, "<gx:Track>");
	put_mode(out, mode);
	buffer_add_char(out, '\n');
	for (size_t i = 0; i < count; i++)
		kml_put_when(out, "when", points[i].time);
	buffer_add_char(out, '\n');
	for (size_t i = 0; i < count; i++) {
		buffer_add_text(out, "<gx:coord>");
		put_position(out, &points[i], mode, ' ');
		buffer_add_text(out, "</gx:coord>");
	}
	buffer_add_text(out, "\n</gx:Track>\n");
}

static int put_timed_track(struct export_output *output, const struct track *track)
{
	struct buffer *out = &output->text;
	const struct point *points = track->points;
	int status = 0;

	kml_begin_placemark(out, track, "");
	kml_put_about(out, track, (struct kml_period){0});
	buffer_add_text(out, "<gx:MultiTrack>\n");
	for (size_t from = 0, end; from < track->placed_count && !status; from = end) {
		size_t leg_end = track_leg_end(points, from, track->placed_count, output->gap_us);
		end = same_mode_end(points, from, leg_end);
		put_timed_points(out, points + from, end - from);
		status = export_flush(output, false);
	}
	buffer_add_text(out, "</gx:MultiTrack></Placemark>\n");
	return status;
}

/* Append the line of a leg, split where its altitude mode changes. */
static void put_lines(struct buffer *out, const struct point *points, size_t count)
{
	for (size_t from = 0; from + 1 < count;) {
		enum altitude_mode mode = mode_between(&points[from], &points[from + 1]);
		buffer_add_text(out, "<LineString><tessellate>1</tessellate>");
		put_mode(out, mode);
		buffer_add_text(out, "<coordinates>");
		put_position(out, &points[from], mode, ',');
		do {
			from++;
			buffer_add_char(out, ' ');
			put_position(out, &points[from], mode, ',');
		} while (
			from + 1 < count && mode_between(&points[from], &points[from + 1]) == mode);
		buffer_add_text(out, "</coordinates></LineString>\n");
	}
}

static void put_points(struct buffer *out, const struct point *points, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum altitude_mode mode = mode_of(&points[i]);
		buffer_add_text(out, "<Point>");
		put_mode(out, mode);
		buffer_add_text(out, "<coordinates>");
		put_position(out, &points[i], mode, ',');
		buffer_add_text(out, "</coordinates></Point>\n");
	}
}

/* Append a placemark per leg, so that the time slider of a viewer hides the others. */
static int put_legs(struct export_output *output, const struct track *track, size_t points_min,
	void (*put_leg)(struct buffer *out, const struct track *track, const struct point *points,
		size_t count))
{
	int status = 0;

	for (size_t from = 0, end; from < track->placed_count && !status; from = end) {
		end = track_leg_end(track->points, from, track->placed_count, output->gap_us);
		if (end - from < points_min)
			continue;
		put_leg(&output->text, track, track->points + from, end - from);
		status = export_flush(output, false);
	}
	return status;
}

static struct kml_period period_of(const struct point *points, size_t count)
{
	return (struct kml_period){points[0].time, points[count - 1].time};
}

static void put_path(
	struct buffer *out, const struct track *track, const struct point *points, size_t count)
{
	kml_begin_placemark(out, track, "Path of ");
	kml_put_period(out, track, period_of(points, count));
	buffer_add_text(out, "<MultiGeometry>\n");
	put_lines(out, points, count);
	buffer_add_text(out, "</MultiGeometry></Placemark>\n");
}

static void put_detections(
	struct buffer *out, const struct track *track, const struct point *points, size_t count)
{
	kml_begin_placemark(out, track, "Encrypted: ");
	kml_put_about(out, track, period_of(points, count));
	buffer_add_text(out, "<MultiGeometry>\n");
	put_points(out, points, count);
	buffer_add_text(out, "</MultiGeometry></Placemark>\n");
}

int kml_put_positions(struct export_output *output, const struct track *track)
{
	if (track->kind == KIND_SIGNAL || !track->placed_count)
		return 0;
	if (track->kind == KIND_ENCRYPTED)
		return put_legs(output, track, 1, put_detections);
	int status = put_timed_track(output, track);
	return status ? status : put_legs(output, track, 2, put_path);
}
