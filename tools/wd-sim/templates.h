/* The files of templates/, which the Makefile embeds. */
#ifndef WD_SIM_TEMPLATES
#define WD_SIM_TEMPLATES

extern const char template_aircraft[], template_encrypted[], template_fhss[], template_fpv[],
	template_mavlink[], template_no_fix[], template_remote_id[], template_status[];

#endif
